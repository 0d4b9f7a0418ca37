using System.Globalization;
using Culvert.TestPeer;

switch (args)
{
    case ["spool", var folder, var step, var occurrence]:
        return await SpoolKillPoint.RunAsync(folder, step, int.Parse(occurrence, CultureInfo.InvariantCulture));
    case ["journal-log", var folder, var counters, var round, var killAfterUs, var spillBytes]:
        JournalRoles.Log(
            folder, counters, round, int.Parse(killAfterUs, CultureInfo.InvariantCulture),
            int.Parse(spillBytes, CultureInfo.InvariantCulture));
        return 0;
    case ["journal-write", var folder, var counters, var round, var step, var occurrence]:
        JournalRoles.Write(folder, counters, round, step, int.Parse(occurrence, CultureInfo.InvariantCulture));
        return 0;
    case ["journal-collect", var folder, var data]:
        return await JournalRoles.CollectAsync(folder, data, null, 0);
    case ["journal-collect", var folder, var data, var step, var occurrence]:
        return await JournalRoles.CollectAsync(
            folder, data, step, int.Parse(occurrence, CultureInfo.InvariantCulture));
    case [RingRoles.Send or RingRoles.Receive, var endpoint, var step, var occurrence, var isKilled]:
        return await RingRoles.RunAsync(
            args[0], endpoint, step, int.Parse(occurrence, CultureInfo.InvariantCulture),
            bool.Parse(isKilled));
    case [RingRoles.Idle, var endpoint]:
        return await RingRoles.ListenAsync(endpoint);
    case [var role, var name]
        when OperatingSystem.IsWindows() && role.StartsWith(DesktopRoles.Prefix, StringComparison.Ordinal):
        return await DesktopRoles.RunAsync(role, name);
    case [CollectorRoles.Collect, var endpoint, var folder]:
        return await CollectorRoles.CollectAsync(endpoint, folder);
    case [CollectorRoles.Log or CollectorRoles.LogInHalves, var endpoint]:
        return await CollectorRoles.RunAsync(args[0], endpoint);
    case [StreamRoles.Host or StreamRoles.Stray, _]:
        return await StreamRoles.RunAsync(args[0]);
    case [var role, var endpoint]:
        return await Roles.RunAsync(role, endpoint);
    default:
        Console.Error.WriteLine("The test peer is started by the cross-process tests.");
        return 2;
}
