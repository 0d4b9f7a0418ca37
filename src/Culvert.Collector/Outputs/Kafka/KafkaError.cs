using System.Globalization;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>The errors that are told apart, and what to do about each; source: rd_kafka_resp_err_t.</summary>
internal static class KafkaError
{
    public const int QueueFull = -184;
    public const int Fatal = -150;

    private const int Transport = -195, Resolve = -193, AllBrokersDown = -187, UnknownLocalTopic = -188, Ssl = -181,
        Authentication = -169, PurgedQueue = -152, PurgedInFlight = -151, UnknownTopic = 3, TooLarge = 10,
        InvalidTopic = 17, BatchTooLarge = 18, TopicNotAllowed = 29, GroupNotAllowed = 30, ClusterNotAllowed = 31,
        DiskFull = 56, SaslFailed = 58, InvalidRecord = 87;

    public static bool IsPurge(int error) => error is PurgedQueue or PurgedInFlight;

    /// <summary>Whether the broker will never take this message, or one that was in a batch with it.</summary>
    public static bool IsOfMessage(int error) => error is TooLarge or BatchTooLarge or InvalidRecord;

    /// <summary>The same in one stable word, by which letters are counted.</summary>
    public static string Word(int error) => error == InvalidRecord ? "invalid_record" : "too_large";

    /// <summary>Whether it says that no broker can be reached.</summary>
    public static bool IsNobodyThere(int error) => error is Transport or AllBrokersDown;

    /// <summary>What says most is kept until something was delivered: a broker that refuses a password also closes the
    /// connection.</summary>
    public static int Rank(int error) => error switch
    {
        AllBrokersDown => 0,
        Transport => 1,
        Resolve or Ssl => 2,
        _ => 3,
    };

    /// <summary>The library's words for an error.</summary>
    public static unsafe string Text(int error) => KafkaLibrary.Text(KafkaLibrary.rd_kafka_err2str(error));

    /// <summary>Why a message is refused for good, and what to do before it is sent again.</summary>
    /// <param name="error">Of those that are of the message.</param>
    /// <param name="place">Where the settings stand.</param>
    /// <param name="bytes">The size of its value.</param>
    public static string Refusal(int error, string place, int bytes) => error == InvalidRecord
        ? $"{Text(error)}: the topic takes no such message; look at its settings (cleanup.policy, message.timestamp.*)."
        : $"{Text(error)}: its value has {bytes.ToString(CultureInfo.InvariantCulture)} bytes; raise message.max.bytes "
            + $"under {place}.librdkafka, and max.message.bytes of the topic.";

    /// <summary>That nobody answers who answered before.</summary>
    public static string Gone(string reason, string brokers) =>
        $"No Kafka broker answers at {brokers} any more ({reason}): start it again; if it ended by itself its log says "
        + "why, such as a full disk.";

    /// <summary>That brokers answer, and records wait all the same: the library tries that again in silence.</summary>
    /// <param name="brokers">As they were configured.</param>
    /// <param name="topic">One with partitions that have no leader; empty when none has.</param>
    /// <param name="leaderless">How many of them.</param>
    /// <param name="partitions">How many partitions it has.</param>
    public static string Stalled(string brokers, string topic, int leaderless, int partitions) => topic.Length > 0
        ? $"Kafka at {brokers} has nobody to write {leaderless} of the {partitions} partitions of the topic '{topic}': "
            + "start the broker that is away, or, when all are there, look into their logs for a disk that is full or "
            + "failed, free some space, and start that broker again."
        : $"Kafka at {brokers} answers, and confirms no records: look into its log, at its disks, and whether as many "
            + "replicas are in sync as min.insync.replicas asks for.";

    /// <summary>What happened, with what, and what to do.</summary>
    /// <param name="error">The library's code.</param>
    /// <param name="reason">The library's words.</param>
    /// <param name="place">Where the settings stand: <c>outputs.kafka</c>, <c>consume</c>.</param>
    /// <param name="brokers">Its brokers, as they were configured.</param>
    /// <param name="topic">The message's topic, where one is meant.</param>
    /// <param name="isReading">Whether the topic is read.</param>
    public static string Sentence(
        int error, string reason, string place, string brokers, string topic = "", bool isReading = false) =>
        error switch
        {
            Authentication or SaslFailed =>
                $"Kafka at {brokers} refused the user or the password ({reason}): mend sasl.username, sasl.password "
                + $"and sasl.mechanisms under {place}.librdkafka and start again.",
            Ssl => $"TLS with Kafka at {brokers} failed ({reason}): mend security.protocol and the ssl settings under "
                + $"{place}.librdkafka and start again.",
            Resolve => $"The name of a broker in '{brokers}' is not known ({reason}): mend {place}.brokers or "
                + "the names' resolution.",
            Transport or AllBrokersDown => $"No Kafka broker answers at {brokers} ({reason}): start it, or mend "
                + $"{place}.brokers.",
            UnknownTopic or UnknownLocalTopic =>
                $"Kafka at {brokers} has no topic '{topic}' and makes none by itself: create it (kafka-topics.sh "
                + $"--create --topic {topic}), or name another in {place}.",
            TooLarge or BatchTooLarge or InvalidRecord =>
                $"Kafka at {brokers} refused a batch for the topic '{topic}' ({reason}), which is sent again one by "
                + $"one: lower batch.size under {place}.librdkafka, or raise max.message.bytes of the topic.",
            DiskFull => $"Kafka at {brokers} cannot write to its disk ({reason}): free some space on the broker, or "
                + "lower the retention of its topics, and start it again.",
            GroupNotAllowed =>
                $"Kafka at {brokers} does not let this user join the group ({reason}): grant READ on it (kafka-acls.sh "
                + $"--add --operation Read --group ...), or mend the user under {place}.librdkafka.",
            TopicNotAllowed when isReading =>
                $"Kafka at {brokers} does not let this user read the topic '{topic}' ({reason}): grant READ "
                + $"(kafka-acls.sh --add --operation Read --topic ...), or mend the user under {place}.librdkafka.",
            InvalidTopic => $"'{topic}' is no name of a topic to Kafka at {brokers}: name another in {place}.",
            TopicNotAllowed or ClusterNotAllowed =>
                $"Kafka at {brokers} does not let this user write to the topic '{topic}' ({reason}): grant WRITE, and "
                + $"CREATE where it is missing (kafka-acls.sh), or mend the user under {place}.librdkafka.",
            _ => $"Kafka at {brokers} failed{(topic.Length > 0 ? $" with the topic '{topic}'" : "")}: {reason}.",
        };
}
