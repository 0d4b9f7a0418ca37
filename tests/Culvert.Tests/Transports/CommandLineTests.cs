using Culvert.Transports.StandardStreams;

namespace Culvert.Tests.Transports;

/// <summary>The command line of Windows, by the examples of the C runtime's documentation.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "\"\"")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("a\"b", "\"a\\\"b\"")]
    [InlineData("a\\\\b", "a\\\\b")]
    [InlineData("a b\\", "\"a b\\\\\"")]
    [InlineData("a\\\\\"b c", "\"a\\\\\\\\\\\"b c\"")]
    public void Of_AnArgument_QuotesItSoThatItIsReadAsItIs(string argument, string expected)
    {
        var options = new ChildOptions { FileName = @"C:\My Tools\tool.exe", Arguments = [argument] };
        Assert.Equal($"\"C:\\My Tools\\tool.exe\" {expected}\0", new string(CommandLine.Of(options)));
    }
}
