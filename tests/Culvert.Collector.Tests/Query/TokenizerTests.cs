using System.Text;
using Culvert.Collector.Query;
using Culvert.Collector.Query.Text;

namespace Culvert.Collector.Tests.Query;

public sealed class TokenizerTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Hello, World!", "Hello|World")]
    [InlineData("10.0.0.1:5432", "10.0.0.1|5432")]
    [InlineData("a.b a:b a,b a;b a'b", "a.b|a:b|a|b|a|b|a'b")]
    [InlineData("1.2 1:2 1,2 1;2 1'2", "1.2|1|2|1,2|1;2|1'2")]
    [InlineData("a.1 1.a a..b", "a|1|1|a|a|b")]
    [InlineData("_ __ _a a_b 1_2_", "_a|a_b|1_2_")]
    [InlineData("a_.b a.", "a_|b|a")]
    [InlineData("東京タワーです", "東|京|タワー|で|す")]
    [InlineData("カ_a aカ", "カ_a|a|カ")]
    [InlineData("안녕 하세요", "안녕|하세요")]
    [InlineData("สวัสดี1", "สวัสดี|1")]
    [InlineData("e\u0301t\u00e9", "e\u0301té")]
    [InlineData("a\u00adb", "a\u00adb")]
    [InlineData("a\u200bb", "a|b")]
    [InlineData("a.\u0301b", "a.\u0301b")]
    [InlineData("א\"ב א'", "א\"ב|א'")]
    [InlineData("a\"b", "a|b")]
    [InlineData("👩\u200d🚀🚀", "👩\u200d🚀|🚀")]
    [InlineData("🇩🇪🇫🇷", "🇩🇪|🇫🇷")]
    [InlineData("can’t", "can’t")]
    [InlineData("C# C++ #1", "C|C|1")]
    public void MoveNext_OneText_SplitsAsUax29Says(string text, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var found = new List<string>();
        var tokenizer = new Tokenizer(bytes);
        while (tokenizer.MoveNext()) found.Add(Encoding.UTF8.GetString(tokenizer.Current));

        Assert.Equal(expected, string.Join('|', found));
    }

    [Fact]
    public void MoveNext_RunTooLong_IsCutInto255()
    {
        var tokenizer = new Tokenizer(Encoding.UTF8.GetBytes(new string('a', 600)));
        var lengths = new List<int>();
        while (tokenizer.MoveNext()) lengths.Add(tokenizer.Current.Length);

        Assert.Equal([255, 255, 90], lengths);
    }

    [Fact]
    public void MoveNext_AnyBytes_AgreesWithTheGeneralRules()
    {
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new RandomText(seed);
            var text = random.Bytes(random.Next(20) == 0 ? 400 : 24);
            var ranges = new List<(int, int)>();
            var tokenizer = new Tokenizer(text);
            while (tokenizer.MoveNext()) ranges.Add((tokenizer.Start, tokenizer.End));

            if (!ranges.SequenceEqual(NaiveText.Ranges(text))) Assert.Fail($"Seed {seed}: {Convert.ToHexString(text)}");
        }
    }

    [Fact]
    public void MoveNext_NonsenseOfAnyLength_IsLinear()
    {
        // Each would take minutes if a word were looked at again for every place in it.
        foreach (var text in (string[])["a", "a.", "a\u0301", ".\u0301", "\u200d", "é.", "א\"", "_", "👩\u200d"])
        {
            var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, 100_000)));
            var tokenizer = new Tokenizer(bytes);
            while (tokenizer.MoveNext())
            {
            }

            Assert.False(Phrase.Create("zz"u8, false).Matches(bytes));
            _ = Phrase.Create("a"u8, false).Matches(bytes);
            _ = Phrase.Create("a.a"u8, true).Matches(bytes);
        }
    }

    [Fact]
    public void Fold_EveryCharacter_IsStableAndKeepsItsKind()
    {
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.IsValid(value)) continue;
            var rune = new Rune(value);
            var folded = TextFold.Fold(rune);
            Assert.Equal(folded, TextFold.Fold(folded));
            Assert.Equal(rune.IsAscii, folded.IsAscii);
            if (WordClasses.Of(rune) != WordClasses.Of(folded))
                Assert.Fail($"U+{value:X4} becomes U+{folded.Value:X4}.");
        }
    }

    [Fact]
    public void Matches_AnyPhraseInAnyBytes_AgreesWithTheNaiveWay()
    {
        var matched = 0;
        for (var seed = 0; seed < 30_000; seed++)
        {
            var random = new RandomText(seed);
            var text = random.Bytes(random.Next(20) == 0 ? 400 : 30);
            var words = Encoding.UTF8.GetBytes(random.Text(3));
            var isPrefix = random.Next(2) == 0;
            var phrase = Phrase.Create(words, isPrefix);
            var expected = NaiveText.Contains(
                NaiveText.Tokens(text), [.. phrase.Tokens.ToArray().Select(Convert.ToHexString)], phrase.IsPrefix);

            if (phrase.Matches(text) != expected)
                Assert.Fail(
                    $"Seed {seed}: '{Encoding.UTF8.GetString(words)}' {isPrefix} in {Convert.ToHexString(text)}");
            if (expected) matched++;
            Assert.True(!expected || phrase.MayBeIn(text), $"Seed {seed}");
        }

        Assert.InRange(matched, 1_000, 27_000);
    }

    [Fact]
    public void Matches_WordAtTheCutOfALongRun_AgreesWithTheNaiveWay()
    {
        for (var length = 250; length < 520; length++)
        {
            var text = Encoding.UTF8.GetBytes("x " + new string('a', length) + " y");
            for (var word = 1; word < 260; word += 1 + word / 20)
            {
                var expected = NaiveText.Tokens(text).Contains(Convert.ToHexString(
                    Enumerable.Repeat((byte)'a', word).ToArray()));
                var bytes = Encoding.UTF8.GetBytes(new string('A', word));
                Assert.Equal(
                    expected, Phrase.Create(bytes, false).Matches(text) && bytes.Length <= QueryLimits.TokenLengthMax);
            }
        }
    }

    [Fact]
    public void OfAscii_EveryByte_IsWhatUax29Says()
    {
        for (var value = 0; value < 256; value++)
        {
            var expected = (char)value switch
            {
                > '\x7F' => WordClass.Other,
                '_' => WordClass.Joiner,
                ':' => WordClass.MidLetter,
                '.' or '\'' => WordClass.MidBoth,
                ',' or ';' => WordClass.MidDigit,
                '"' => WordClass.DoubleQuote,
                var c when char.IsAsciiLetter(c) => WordClass.Letter,
                var c when char.IsAsciiDigit(c) => WordClass.Digit,
                _ => WordClass.Other,
            };
            Assert.Equal(expected, WordClasses.OfAscii((byte)value));
        }
    }

    [Fact]
    public void OfToken_AnyCase_IsTheSameHashForEver()
    {
        Assert.Equal(TokenHash.OfToken("connection"u8), TokenHash.OfToken("CONNECTION"u8));
        Assert.NotEqual(TokenHash.OfToken("connection"u8), TokenHash.OfToken("connectioN1"u8));
        Assert.NotEqual(TokenHash.OfToken("a"u8), TokenHash.OfKey("a"u8));

        // Filters lie in files: these values may never change.
        Assert.Equal("b763cb6ae41ace7b", TokenHash.OfToken("a"u8).ToString("x16"));
        Assert.Equal("708158d69a6c70f8", TokenHash.OfToken("refused"u8).ToString("x16"));
        Assert.Equal("106af0df79635b0f", TokenHash.OfToken("connection_refused_by_peer"u8).ToString("x16"));
        Assert.Equal("db14e09f096ce933", TokenHash.OfKey("http.status_code"u8).ToString("x16"));
        Assert.Equal("03ac8d54d576d350", TokenHash.OfNumber(new Number(500)).ToString("x16"));
    }
}
