using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Connections;

namespace Culvert.Transports.Tls;

/// <summary>The names in a certificate. Its bytes are the peer's, so what cannot be read is left out.</summary>
internal static class TlsNames
{
    private const int NamesMax = 64;
    private const int NameBytesMax = 1024;
    private const string CommonNameId = "2.5.4.3";
    private const string SubjectAltName = "2.5.29.17";

    // GeneralName of RFC 5280, 4.2.1.6.
    private const int Mail = 1, Dns = 2, Uri = 6, Address = 7;

    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value != SubjectAltName) continue;
            try
            {
                Read(extension.RawData, names);
            }
            catch (Exception e) when (e is AsnContentException or CryptographicException or ArgumentException)
            {
                // What stands before the fault was read.
            }
        }

        return names;
    }

    /// <summary>Every name by which a certificate may be asked for: its subject, the common name in it, and the
    /// others.</summary>
    public static string[] All(PeerCertificate certificate) =>
        [certificate.Subject, CommonName(certificate.Subject), .. certificate.Names];

    /// <summary>The common name (CN) of a distinguished name, or nothing.</summary>
    public static string CommonName(string subject)
    {
        try
        {
            var parts = new X500DistinguishedName(subject).EnumerateRelativeDistinguishedNames();
            return parts.FirstOrDefault(
                part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonNameId)
                ?.GetSingleElementValue() ?? "";
        }
        catch (CryptographicException)
        {
            return "";
        }
    }

    public static void Read(byte[] bytes, List<string> names)
    {
        var sequence = new AsnReader(bytes, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData && names.Count < NamesMax)
        {
            var tag = sequence.PeekTag();
            var isKnown = tag.TagClass == TagClass.ContextSpecific && tag.TagValue is Mail or Dns or Uri or Address;
            if (!isKnown)
            {
                sequence.ReadEncodedValue();
                continue;
            }

            var value = sequence.ReadOctetString(tag);
            if (value.Length > NameBytesMax) continue;
            if (tag.TagValue != Address) names.Add(Encoding.ASCII.GetString(value));
            else if (value.Length is 4 or 16) names.Add(new System.Net.IPAddress(value).ToString());
        }
    }
}
