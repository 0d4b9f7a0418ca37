namespace Culvert.Connections;

/// <summary>Every limit of connections, in one place.</summary>
public static class EndpointLimits
{
    /// <summary>Longest endpoint text, in characters: a path of 4,096 plus scheme and options.</summary>
    public const int TextLengthMax = 4_400;
}
