namespace Culvert.Cli.Bench.Corpus;

/// <summary>The public formats of the generated lines.</summary>
internal enum CorpusFormat
{
    /// <summary>nginx's combined access log with the request time behind it.</summary>
    NginxAccess,

    /// <summary>What sshd, cron and the kernel write to syslog, without the header.</summary>
    Syslog,

    /// <summary>Logback's default layout with a stack trace: several lines in one record.</summary>
    JavaStackTrace,

    /// <summary>One JSON object, as pino or zap write it.</summary>
    JsonLine,

    /// <summary>A rendered message with template, logger and attributes, as ILogger gives it.</summary>
    Structured,
}
