using System.Runtime.InteropServices;
using Culvert.Samples.KafkaUser;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

// A User message -> Protocol Buffers -> Kafka -> a consumer -> handled. README.md has the whole story.
var brokers = Environment.GetEnvironmentVariable("KAFKA") ?? "127.0.0.1:9092";
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var loggers = LoggerFactory.Create(logging => logging.AddCulvert(options => options.Service = "kafka-user"));

switch (args)
{
    case ["send", var name, var email]:
        using (var sender = new UserSender(brokers, loggers.CreateLogger<UserSender>()))
        {
            var user = new User
            {
                Id = Guid.CreateVersion7().ToString(), Name = name, Email = email,
                Registered = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
            };
            await sender.SendAsync(user, stop.Token);
            Console.WriteLine($"sent {user.Id} {user.Name}");
        }

        return 0;

    case ["handle"]:
        var logger = loggers.CreateLogger<UserReader>();
        using (var reader = new UserReader(brokers, logger))
        {
            await reader.RunAsync(
                user =>
                {
                    // Here your own work is done. It may see a user twice after a crash, so it must not mind.
                    logger.LogInformation("Handled user {UserId}, {Name}", user.Id, user.Name);
                    Console.WriteLine($"handled {user.Id} {user.Name} <{user.Email}>");
                },
                stop.Token);
        }

        return 0;

    default:
        Console.Error.WriteLine("Usage: kafka-user send NAME EMAIL | handle      (the brokers are in $KAFKA)");
        return 2;
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
