using System.Collections.Immutable;
using Gatehouse.GrainInterfaces.Gateways;

namespace Gatehouse.GrainInterfaces.Cluster;

/// <summary>How the whole cluster is.</summary>
/// <param name="Gateways">The gateways that hold their lease.</param>
/// <param name="Silos">The silos that are active.</param>
/// <param name="Database">The database.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ClusterStatus")]
public sealed record ClusterStatus(
    [property: Id(0)] ImmutableArray<GatewayStatus> Gateways,
    [property: Id(1)] ImmutableArray<ActiveSilo> Silos,
    [property: Id(2)] DatabaseStatus Database);

/// <summary>A gateway.</summary>
/// <param name="Id">Its id.</param>
/// <param name="LeaseUntil">Until when its lease holds, if it is not renewed.</param>
/// <param name="Figures">What it counts; null when it did not answer.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.GatewayStatus")]
public sealed record GatewayStatus(
    [property: Id(0)] string Id, [property: Id(1)] DateTimeOffset LeaseUntil, [property: Id(2)] ImmutableArray<Figure>? Figures);

/// <summary>A silo.</summary>
/// <param name="Name">Its name and address.</param>
/// <param name="Address">Its address.</param>
/// <param name="StartedAt">Since when.</param>
/// <param name="LastSignOfLife">When it last wrote that it lives.</param>
/// <param name="Activations">How many grains it has in memory.</param>
/// <param name="Memory">Bytes that it takes.</param>
/// <param name="Processor">How much of its processors its machine uses, in percent.</param>
/// <param name="Grains">What it has in memory, by type; null when it did not answer, and then the other figures are 0.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ActiveSilo")]
public sealed record ActiveSilo(
    [property: Id(0)] string Name,
    [property: Id(1)] string Address,
    [property: Id(2)] DateTimeOffset StartedAt,
    [property: Id(3)] DateTimeOffset LastSignOfLife,
    [property: Id(4)] int Activations,
    [property: Id(5)] long Memory,
    [property: Id(6)] double Processor,
    [property: Id(7)] ImmutableArray<GrainCount>? Grains);

/// <summary>How many grains of a type are in memory.</summary>
/// <param name="Type">The grain's class.</param>
/// <param name="Activations">How many.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.GrainCount")]
public sealed record GrainCount([property: Id(0)] string Type, [property: Id(1)] int Activations);

/// <summary>The database.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Connections">How many there are to it.</param>
/// <param name="MaxConnections">How many its server allows.</param>
/// <param name="OnlineUsers">Users with a live connection.</param>
/// <param name="Sessions">Sessions that are logged in.</param>
/// <param name="OnlineDevices">Connections of clients and nodes that are logged in.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.DatabaseStatus")]
public sealed record DatabaseStatus(
    [property: Id(0)] long Size,
    [property: Id(1)] long Connections,
    [property: Id(2)] int MaxConnections,
    [property: Id(3)] long OnlineUsers,
    [property: Id(4)] long Sessions,
    [property: Id(5)] long OnlineDevices);
