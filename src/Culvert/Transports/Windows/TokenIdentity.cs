using System.Collections.Concurrent;
using System.Runtime.Versioning;
using System.Security.Principal;
using Culvert.Connections;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.Windows;

/// <summary>Whom an access token stands for: read once, the token is not kept.</summary>
[SupportedOSPlatform("windows")]
internal sealed class TokenIdentity
{
    // TOKEN_MANDATORY_LABEL with a SID of fifteen parts at most, which is 68 bytes.
    private const int LabelBytesMax = 128;

    /// <summary>Names that are kept at most; a machine has few users, and a hostile one cannot make more of
    /// them.</summary>
    private const int NamesMax = 256;

    private static readonly ConcurrentDictionary<SecurityIdentifier, string> Names = new();

    private TokenIdentity(SafeAccessTokenHandle token)
    {
        using (var identity = new WindowsIdentity(token.DangerousGetHandle()))
        {
            User = identity.User;
            Groups = identity.Groups;
        }

        Integrity = IntegrityOf(token);
        SessionId = SessionOf(token);
    }

    public SecurityIdentifier? User { get; }

    public IdentityReferenceCollection? Groups { get; }

    public IntegrityLevel? Integrity { get; }

    public int? SessionId { get; }

    /// <summary>The user of a process, or null when it may not be known.</summary>
    public static TokenIdentity? Of(SafeProcessHandle process)
    {
        if (!Advapi32.OpenProcessToken(process, Advapi32.TokenQuery, out var token))
        {
            token.Dispose();
            return null;
        }

        using (token) return new TokenIdentity(token);
    }

    /// <summary>
    /// The client of a pipe as the server's system knows it, on this machine or another: taken from the token that the
    /// system lends to a thread. Null when the client allows no look (anonymous level) or is gone. The
    /// thread never does anything else in the client's name.
    /// </summary>
    public static TokenIdentity? OfClient(SafePipeHandle pipe)
    {
        if (!Advapi32.ImpersonateNamedPipeClient(pipe)) return null;
        SafeAccessTokenHandle token;
        bool isOpen;
        try
        {
            isOpen = Advapi32.OpenThreadToken(Advapi32.CurrentThread, Advapi32.TokenQuery, true, out token);
        }
        finally
        {
            // A thread of the pool that kept the client's identity would run others' work with its rights.
            if (!Advapi32.RevertToSelf()) Environment.FailFast("A thread keeps a pipe client's identity.");
        }

        using (token) return isOpen ? new TokenIdentity(token) : null;
    }

    /// <summary>What is known of the peer by this alone.</summary>
    public Peer Describe(Peer peer) => peer with
    {
        UserName = NameOf(User),
        UserSid = User?.Value,
        Integrity = Integrity,
        SessionId = SessionId,
    };

    /// <summary>The name without its domain, as Environment.UserName has it. Kept, since asking for it is a call to
    /// another process, which made a thousand dials take three times as long.</summary>
    private static string? NameOf(SecurityIdentifier? user)
    {
        if (user is null) return null;
        if (Names.TryGetValue(user, out var known)) return known;
        try
        {
            var full = user.Translate(typeof(NTAccount)).Value;
            var name = full[(full.IndexOf('\\', StringComparison.Ordinal) + 1)..];
            if (Names.Count < NamesMax) Names[user] = name;
            return name;
        }
        catch (SystemException)
        {
            return null; // A user whom this machine cannot name now.
        }
    }

    /// <summary>The last part of the label's SID, S-1-16-LEVEL.</summary>
    private static unsafe IntegrityLevel? IntegrityOf(SafeAccessTokenHandle token)
    {
        var buffer = stackalloc byte[LabelBytesMax];
        uint length;
        if (!Advapi32.GetTokenInformation(token, Advapi32.TokenIntegrityLevel, buffer, LabelBytesMax, &length))
        {
            return null;
        }

        var label = new SecurityIdentifier(*(nint*)buffer);
        var text = label.Value;
        return int.TryParse(text.AsSpan(text.LastIndexOf('-') + 1), out var level) ? (IntegrityLevel)level : null;
    }

    private static unsafe int? SessionOf(SafeAccessTokenHandle token)
    {
        uint session;
        uint length;
        return Advapi32.GetTokenInformation(token, Advapi32.TokenSessionId, (byte*)&session, sizeof(uint), &length)
            ? (int)session
            : null;
    }
}
