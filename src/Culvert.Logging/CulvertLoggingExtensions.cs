using Culvert.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Configuration;

// The namespace of ILoggingBuilder, so that AddCulvert is found where AddConsole is.
namespace Microsoft.Extensions.Logging;

/// <summary>Adds Culvert to the logging of a program.</summary>
public static class CulvertLoggingExtensions
{
    /// <summary>Ships every record to the collector at <c>local://culvert</c>, or as the section <c>Logging:Culvert</c>
    /// of the configuration and <paramref name="configure"/> say. Filters under <c>Logging:Culvert:LogLevel</c>
    /// apply.</summary>
    public static ILoggingBuilder AddCulvert(
        this ILoggingBuilder builder, Action<CulvertLoggerOptions>? configure = null)
    {
        builder.AddConfiguration();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, CulvertLoggerProvider>());
        LoggerProviderOptions.RegisterProviderOptions<CulvertLoggerOptions, CulvertLoggerProvider>(builder.Services);
        if (configure is not null) builder.Services.Configure(configure);
        return builder;
    }
}
