Console.Error.WriteLine("The test peer is started by the cross-process tests.");
return 2;
