using System.Text.Json.Serialization;

namespace Culvert.CrossProcess.Tests.Desktop;

/// <summary>The type that is exchanged with the child.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class TextContext : JsonSerializerContext;
