using System.Reflection;
using Gatehouse.Architecture.Tests.Support;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.GrainInterfaces.Cluster;
using Gatehouse.GrainInterfaces.Gateways;
using Gatehouse.GrainInterfaces.Logins;
using Gatehouse.GrainInterfaces.Operators;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;
using Orleans;

namespace Gatehouse.Architecture.Tests;

/// <summary>Grains wait for each other; where such calls form a circle, they wait for ever.</summary>
public sealed class CallGraphTests
{
    /// <summary>Which grain calls which.</summary>
    private static readonly Dictionary<Type, Type[]> Calls = new()
    {
        [typeof(ISessionGrain)] = [typeof(IAddressGuardGrain), typeof(IRoomGrain), typeof(IUserGrain)],
        [typeof(IUserGrain)] = [typeof(IGatewayGrain), typeof(ITokenGrain)],
        [typeof(IRoomGrain)] = [typeof(IGatewayGrain)],
        [typeof(IClientGrain)] = [typeof(IAddressGuardGrain), typeof(IGatewayGrain)],
        [typeof(IClientDirectoryGrain)] = [typeof(IGatewayGrain)],
        [typeof(ITokenGrain)] = [],
        [typeof(IGatewayGrain)] = [],
        [typeof(IAddressGuardGrain)] = [],
        [typeof(IUserDirectoryGrain)] = [],
        [typeof(IAuditGrain)] = [],
        [typeof(IRoomDirectoryGrain)] = [typeof(IRoomGrain)],
        [typeof(IClusterGrain)] = [typeof(IGatewayGrain)],
        [typeof(ISiloProbeGrain)] = [],
    };

    [Fact]
    public void EachGrainCallsTheGrainsThatTheTableSays() => Assert.Equal(
        Calls.SelectMany(grain => grain.Value, (grain, called) => $"{grain.Key.Name} calls {called.Name}").Order(),
        Contracts.GrainClasses.SelectMany(CalledBy, (grain, called) => $"{InterfaceOf(grain).Name} calls {called.Name}").Order());

    [Fact]
    public void EveryGrainIsInTheTable() => Assert.Equal(
        Contracts.GrainClasses.Select(grain => InterfaceOf(grain).Name).Order(), Calls.Keys.Select(grain => grain.Name).Order());

    [Fact]
    public void TheCallsFormNoCircle()
    {
        var left = new Dictionary<Type, Type[]>(Calls);
        while (left.FirstOrDefault(grain => !grain.Value.Any(left.ContainsKey)).Key is { } calm) left.Remove(calm);
        Assert.Empty(left.Keys);
    }

    /// <summary>The interface that a grain is asked for by; its roles are parts of it.</summary>
    private static Type InterfaceOf(Type grain) => Contracts.Interfaces.Single(type => type.Name == "I" + grain.Name);

    /// <summary>The grains that a class gets hold of, by itself or through helpers in its assembly.</summary>
    private static HashSet<Type> CalledBy(Type grain)
    {
        var (called, seen) = (new HashSet<Type>(), new HashSet<MethodBase>());
        var open = new Stack<MethodBase>(Code.MethodsOf(grain));
        while (open.TryPop(out var method))
        {
            if (!seen.Add(method)) continue;
            foreach (var used in Code.MembersUsedBy(method).OfType<MethodBase>())
            {
                if (used is MethodInfo { ReturnType: var result } && IsWayToGrain(used) && Contracts.Interfaces.Contains(result))
                {
                    called.Add(result);
                }
                else if (used.DeclaringType?.Assembly == grain.Assembly && !Contracts.GrainClasses.Contains(used.DeclaringType))
                {
                    open.Push(used);
                }
            }
        }
        return called;
    }

    private static bool IsWayToGrain(MethodBase method) =>
        method.DeclaringType == typeof(GrainKeys) || method.DeclaringType == typeof(IGrainFactory);
}
