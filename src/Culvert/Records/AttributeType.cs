namespace Culvert.Records;

/// <summary>The type of an attribute's value, and how the value is written.</summary>
public enum AttributeType : byte
{
    /// <summary>No value: nothing follows.</summary>
    Null = 0,

    /// <summary>A string.</summary>
    Text = 1,

    /// <summary>False: nothing follows.</summary>
    False = 2,

    /// <summary>True: nothing follows.</summary>
    True = 3,

    /// <summary>A signed number: zigzag varint.</summary>
    Int64 = 4,

    /// <summary>IEEE 754, 8 bytes.</summary>
    Double = 5,

    /// <summary>Bytes: a varint of the length, then the bytes.</summary>
    Bytes = 6,

    /// <summary>JSON text of an array or object, written as a string.</summary>
    Json = 7,
}
