using Culvert.Samples.WebService;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.Logging.AddCulvert(options =>
{
    options.Service = "shop";
    // Set by whoever starts several collectors; without it, the one at local://culvert.
    if (Environment.GetEnvironmentVariable("CULVERT_ENDPOINT") is { Length: > 0 } endpoint) options.Endpoint = endpoint;
});
builder.Services.AddSingleton<OrderBook>();
builder.Services.AddHttpClient();
builder.Services.AddHostedService<Warehouse>();
builder.Services.AddHostedService<Customers>();
// A port of its own unless one is asked for, so that the sample starts beside anything.
if (builder.Configuration["urls"] is null) builder.WebHost.UseUrls("http://127.0.0.1:0");

var app = builder.Build();
app.MapGet("/", () => "The shop is open. POST /orders?item=tea&count=2, GET /orders/{id}");
app.MapPost("/orders", (string item, int count, OrderBook orders) => orders.Place(item, count));
app.MapGet("/orders/{id:int}", (int id, OrderBook orders) =>
    orders.Find(id) is { } order ? Results.Ok(order) : Results.NotFound());
app.Run();
