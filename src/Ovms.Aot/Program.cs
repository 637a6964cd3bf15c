WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddGrpc();
WebApplication app = builder.Build();
app.MapGet("/v2/health/live", (RequestDelegate)(static context => Task.CompletedTask));
app.Run();
