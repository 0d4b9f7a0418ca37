using Microsoft.Extensions.Logging;

using var loggers = LoggerFactory.Create(logging => logging.AddCulvert(options => options.Service = "console"));
var logger = loggers.CreateLogger("Greeting");

foreach (var name in args.DefaultIfEmpty("world"))
{
    logger.LogInformation("Hello, {Name}", name);
}

// In a journal it is safe already, whatever ends the program; over a connection, dispose, at the end of the using,
// waits until the collector has it all on disk.
