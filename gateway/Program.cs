using Gatehouse.Gateway;
using Gatehouse.Gateway.Delivery;
using Gatehouse.Gateway.Health;
using Gatehouse.Gateway.Observability;
using Gatehouse.Gateway.Protocols;
using Gatehouse.Gateway.Tokens;
using Gatehouse.Gateway.Transports.SignalR;
using Gatehouse.Silo;

var builder = WebApplication.CreateBuilder(args);

builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
builder.AddSilo();
builder.Services.AddTokens();
builder.Services.AddDelivery();
builder.Services.AddProtocols();
builder.Services.AddSignalRTransport();
builder.Services.AddMetricsExport(builder.Configuration);

var app = builder.Build();

app.CheckTokenKeys();
app.UseSecurityHeaders();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapSignalRHubs();
app.MapHealth();
app.MapMetrics();

app.Run();
