using Culvert.Connections;
using Culvert.Security;
using Microsoft.Extensions.Logging;

namespace Culvert.Transports.Tls;

/// <summary>A listener's credentials, read again when their files changed. Looked at with each handshake, which costs
/// some microseconds beside a handshake's hundreds, so that there is nothing to watch and a new certificate holds at
/// once. Any thread.</summary>
internal sealed class TlsReload
{
    private readonly TlsOptions _options;
    private readonly Endpoint _endpoint;
    private readonly ILogger _logger;

    // Guards the fields below: many handshakes begin at the same time, and one of them reads.
    private readonly Lock _gate = new();
    private TlsCredentials _current;
    private string _stamp;
    private string? _problem;

    public TlsReload(TlsOptions options, Endpoint endpoint, ILogger logger)
    {
        (_options, _endpoint, _logger) = (options, endpoint, logger);

        // Before the files are read: one that changes meanwhile is seen next time.
        _stamp = TlsCredentials.Stamp(options);
        _current = TlsCredentials.Load(options);
    }

    public TlsCredentials Current
    {
        get
        {
            lock (_gate)
            {
                var stamp = TlsCredentials.Stamp(_options);
                if (stamp != _stamp) Read(stamp);
                return _current;
            }
        }
    }

    private void Read(string stamp)
    {
        try
        {
            _current = TlsCredentials.Load(_options);
            (_stamp, _problem) = (stamp, null);
            if (_current.Own?.TargetCertificate is { } own)
                TlsLog.Reloaded(_logger, _endpoint, own.Subject, own.NotAfter.ToUniversalTime());
        }
        catch (ConnectionException e)
        {
            // Tried again with the next handshake: a certificate and its key are seldom exchanged in one moment.
            if (_problem == e.Message) return;
            _problem = e.Message;
            TlsLog.ReloadFailed(_logger, _endpoint, e.Message);
        }
    }
}
