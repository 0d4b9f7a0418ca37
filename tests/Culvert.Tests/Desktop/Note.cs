using System.Text.Json.Serialization;

namespace Culvert.Tests.Desktop;

/// <summary>A value to exchange.</summary>
internal sealed record Note(string Text, int Number);

[JsonSerializable(typeof(Note))]
internal sealed partial class NoteContext : JsonSerializerContext;
