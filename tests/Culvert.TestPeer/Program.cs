using Culvert.TestPeer;

if (args is ["spool", var folder, var step, var occurrence])
    return await SpoolKillPoint.RunAsync(folder, step, int.Parse(occurrence, System.Globalization.CultureInfo.InvariantCulture));

Console.Error.WriteLine("The test peer is started by the cross-process tests.");
return 2;
