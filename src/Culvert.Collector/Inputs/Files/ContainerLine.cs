using System.Text.Json;
using Culvert.Collector.Inputs.Lines;
using Culvert.Collector.Inputs.Text;

namespace Culvert.Collector.Inputs.Files;

/// <summary>One line of a container's log file: a piece of what the container wrote.</summary>
internal readonly ref struct ContainerLine
{
    /// <summary>What was written, without its line end.</summary>
    public ReadOnlySpan<byte> Text { get; private init; }

    public bool IsError { get; private init; }

    /// <summary>Whether the container's line goes on in the next piece of the same stream.</summary>
    public bool IsPartial { get; private init; }

    /// <summary>ns since 1970 UTC; 0 is not known.</summary>
    public long TimeNs { get; private init; }

    /// <summary>Reads CRI's form; source: kubernetes/design-proposals-archive, kubelet-cri-logging.md:
    /// <c>2016-10-06T00:17:09.669794202Z stdout P log</c>, where the tag may be followed by others after a
    /// colon.</summary>
    public static bool TryReadCri(ReadOnlySpan<byte> line, out ContainerLine container)
    {
        container = default;
        var rest = line;
        if (!TryWord(ref rest, out var time) || !TryWord(ref rest, out var stream)
            || !TryTag(ref rest, out var tag)) return false;
        var isError = stream.SequenceEqual("stderr"u8);
        if (!isError && !stream.SequenceEqual("stdout"u8)) return false;
        if (tag is not [(byte)'P' or (byte)'F'] && tag is not [(byte)'P' or (byte)'F', (byte)':', ..]) return false;
        if (!TimestampParser.TryParse(time, TimeZoneInfo.Utc, out var timeNs)) return false;
        container = new ContainerLine { Text = rest, IsError = isError, IsPartial = tag[0] == 'P', TimeNs = timeNs };
        return true;
    }

    /// <summary>Reads the form of Docker's json-file driver: <c>{"log":"...\n","stream":"stdout","time":"..."}</c>. A
    /// piece without its line end goes on in the next.</summary>
    public static bool TryReadDocker(ReadOnlySpan<byte> line, ref byte[] scratch, out ContainerLine container)
    {
        container = default;
        if (line is not [(byte)'{', ..]) return false;
        ReadOnlySpan<byte> log = default;
        var (hasLog, isEscaped, isError, timeNs) = (false, false, false, 0L);
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read()) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isLog = reader.ValueTextEquals("log"u8);
                var isStream = reader.ValueTextEquals("stream"u8);
                var isTime = reader.ValueTextEquals("time"u8);
                if (!reader.Read()) return false;
                var isText = reader.TokenType == JsonTokenType.String;
                if (isLog && isText)
                {
                    log = reader.ValueSpan;
                    (hasLog, isEscaped) = (true, reader.ValueIsEscaped);
                }
                else if (isStream && isText) isError = reader.ValueTextEquals("stderr"u8);
                else if (isTime && isText) TimestampParser.TryParse(reader.ValueSpan, TimeZoneInfo.Utc, out timeNs);
                else reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }

        if (!hasLog || timeNs == 0) return false;
        if (isEscaped)
        {
            if (scratch.Length < log.Length) scratch = new byte[log.Length * 2];
            log = scratch.AsSpan(0, JsonUnescape.Write(log, scratch));
        }

        var isPartial = !log.EndsWith((byte)'\n');
        container = new ContainerLine
        {
            Text = isPartial ? log : log[..^1].TrimEnd((byte)'\r'), IsError = isError, IsPartial = isPartial,
                TimeNs = timeNs,
        };
        return true;
    }

    private static bool TryWord(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> word)
    {
        word = default;
        var end = rest.IndexOf((byte)' ');
        if (end <= 0) return false;
        word = rest[..end];
        rest = rest[(end + 1)..];
        return true;
    }

    // An empty line has no space behind its tag.
    private static bool TryTag(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> tag)
    {
        if (TryWord(ref rest, out tag)) return true;
        tag = rest;
        rest = default;
        return true;
    }
}
