namespace Culvert.Samples.KafkaUser;

/// <summary>Where the messages are.</summary>
internal static class Topics
{
    public const string Users = "users";

    /// <summary>Messages of which no user could be made, with the reason.</summary>
    public const string Dead = "users.dead";
}
