using System.Text.Json.Serialization;

namespace Culvert.TestPeer;

/// <summary>The type that the child exchanges.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class TextContext : JsonSerializerContext;
