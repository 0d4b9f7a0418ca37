namespace Culvert.Samples.WebService;

/// <summary>What a customer asked for.</summary>
internal sealed record Order(int Id, string Item, int Count, decimal Price);
