namespace Culvert.Cli.Bench.Corpus;

/// <summary>The words of the generated lines.</summary>
internal static class CorpusWords
{
    private static readonly byte[][] NameList = Encode(
        "anna", "ben", "chloe", "david", "elif", "farid", "grace", "hugo", "ines", "jonas", "kira", "liam",
        "mona", "noah",
        "olga", "pedro", "qiang", "rosa", "sven", "tariq", "uma", "viktor", "wanda", "xenia", "yusuf", "zoe");

    private static readonly byte[][] NounList = Encode(
        "orders", "users", "carts", "products", "invoices", "shipments", "sessions", "reviews", "coupons", "payments");

    private static readonly byte[][] AgentList = Encode(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
        + "Safari/605.1.15",
        "curl/8.5.0", "kube-probe/1.30", "okhttp/4.12.0");

    private static readonly byte[][] FrameList = Encode(
        "\n\tat java.base/java.net.SocketInputStream.socketRead0(Native Method)",
        "\n\tat java.base/java.net.SocketInputStream.read(SocketInputStream.java:168)",
        "\n\tat org.apache.http.impl.io.SessionInputBufferImpl.streamRead(SessionInputBufferImpl.java:137)",
        "\n\tat org.apache.http.impl.client.CloseableHttpClient.execute(CloseableHttpClient.java:108)",
        "\n\tat com.example.billing.PaymentClient.charge(PaymentClient.java:87)",
        "\n\tat com.example.billing.ChargeService.run(ChargeService.java:142)",
        "\n\tat java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1136)",
        "\n\tat java.base/java.lang.Thread.run(Thread.java:842)");

    public static int Names => NameList.Length;

    public static int Nouns => NounList.Length;

    public static int Agents => AgentList.Length;

    public static int Frames => FrameList.Length;

    public static ReadOnlySpan<byte> Name(int index) => NameList[index];

    public static ReadOnlySpan<byte> Noun(int index) => NounList[index];

    public static ReadOnlySpan<byte> Agent(int index) => AgentList[index];

    public static ReadOnlySpan<byte> Frame(int index) => FrameList[index];

    private static byte[][] Encode(params string[] words) =>
        Array.ConvertAll(words, System.Text.Encoding.UTF8.GetBytes);
}
