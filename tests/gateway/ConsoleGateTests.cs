using System.Reflection;
using Gatehouse.Gateway.Console;
using Gatehouse.Gateway.Limits;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Operators;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Tests;

public sealed class ConsoleGateTests
{
    private static readonly Guid UserId = Guid.CreateVersion7();

    private static readonly UserDetails Administrator = new(
        UserId, UserKind.Regular, "Opal", null, default, null, null, UserStatus.Online, "", true, null, false, false, [Permission.Admin]);

    private readonly Limiter _limiter = new(Options.Create(new LimitOptions { LookUps = 5 }), TimeProvider.System);
    private UserDetails? _user = Administrator;
    private Guid? _session = UserId;
    private Operator? _operator;
    private bool _isThrough;

    [Fact]
    public async Task AnOperatorIsLetThroughAndNamed()
    {
        Assert.Equal(200, await Ask());
        Assert.Equal(new Operator(UserId, "Opal", "192.0.2.7"), _operator);
    }

    [Fact]
    public async Task AskingWithoutTheHeaderIsRefusedAlsoByWhoIsNoOperatorYet()
    {
        Assert.Equal(403, await Ask(request => request.Headers.Remove(ConsoleGate.Header)));
        Assert.Equal(403, await Ask(request => request.Headers.Remove(ConsoleGate.Header), new OperatorsOnly(EvenStrangers: true)));
    }

    [Fact]
    public async Task WhatABrowserAsksForByItselfNeedsNoHeaderButAnOperator()
    {
        var page = new OperatorsOnly(ByAddress: true);
        Assert.Equal(200, await Ask(request => request.Headers.Remove(ConsoleGate.Header), page));
        Assert.Equal(403, await Ask(request => request.Headers.Origin = "https://evil.example", page));
        _user = Administrator with { Permissions = [] };
        Assert.Equal(403, await Ask(marked: page));
        _session = null;
        Assert.Equal(401, await Ask(marked: page));
    }

    [Theory]
    [InlineData("https://evil.example", 403)]
    [InlineData("https://neighbour.example.org", 403)]
    [InlineData("null", 403)]
    [InlineData("https://ops.example.org", 200)]
    public async Task APageOfAnotherOriginIsRefusedWhateverTheSettingsSay(string origin, int status) =>
        Assert.Equal(status, await Ask(request => request.Headers.Origin = origin));

    [Fact]
    public async Task WhoeverShowsNoSessionThatGoesOnIsAStranger()
    {
        Assert.Equal(401, await Ask(request => request.Headers.Remove("Cookie")));
        Assert.Equal(401, await Ask(request => request.Headers.Cookie = "gatehouse.console=short"));
        _session = null;
        Assert.Equal(401, await Ask());
        Assert.Equal(200, await Ask(marked: new OperatorsOnly(EvenStrangers: true)));
    }

    [Fact]
    public async Task APermissionThatIsTakenIsMissedAtTheNextRequest()
    {
        Assert.Equal(200, await Ask());
        _user = Administrator with { Permissions = [] };
        Assert.Equal(403, await Ask());
        _user = Administrator with { IsBanned = true };
        Assert.Equal(403, await Ask());
        _user = null;
        Assert.Equal(403, await Ask());
    }

    [Fact]
    public async Task SessionsAreLookedForOnlySoOften()
    {
        _session = null;
        for (var number = 0; number < 5; number++) Assert.Equal(401, await Ask());
        Assert.Equal(429, await Ask());
        Assert.Equal(401, await Ask(request => request.Headers.Remove("Cookie")));
    }

    [Fact]
    public async Task WhatIsNotOfTheConsoleIsNotItsConcern()
    {
        var context = new DefaultHttpContext();
        await Gate().InvokeAsync(context);
        Assert.True(_isThrough);
    }

    /// <summary>The status of the answer; 200 is whoever was let through.</summary>
    private async Task<int> Ask(Action<HttpRequest>? change = null, OperatorsOnly? marked = null)
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new OperatorsOnly(), marked ?? new OperatorsOnly()), "test"));
        context.Connection.RemoteIpAddress = new([192, 0, 2, 7]);
        context.Request.Scheme = "https";
        context.Request.Host = new HostString("ops.example.org");
        context.Request.Headers[ConsoleGate.Header] = "1";
        context.Request.Headers.Cookie = $"gatehouse.console={new string('i', 22)}.{new string('s', 43)}";
        change?.Invoke(context.Request);
        (_isThrough, _operator) = (false, null);
        await Gate().InvokeAsync(context);
        Assert.Equal(context.Response.StatusCode == 200, _isThrough);
        return context.Response.StatusCode;
    }

    private ConsoleGate Gate() => new(
        context =>
        {
            (_isThrough, _operator) = (true, context.Features.Get<Operator>());
            return Task.CompletedTask;
        },
        Fake<IGrainFactory>((method, _) => method.ReturnType == typeof(ISessionGrain)
            ? Fake<ISessionGrain>((_, arguments) =>
            {
                Assert.Equal((ConsoleGate.Protocol, new Secret(new string('s', 43))), ((string)arguments[0]!, (Secret)arguments[1]!));
                return Task.FromResult(_session);
            })
            : Fake<IUserGrain>((_, _) => Task.FromResult(_user))),
        _limiter,
        NullLogger<ConsoleGate>.Instance);

    private static T Fake<T>(Func<MethodInfo, object?[], object?> answer) where T : class
    {
        var fake = DispatchProxy.Create<T, Answering>();
        ((Answering)(object)fake).Answer = answer;
        return fake;
    }

    /// <summary>Whatever it is asked, this is the answer.</summary>
    public class Answering : DispatchProxy
    {
        internal Func<MethodInfo, object?[], object?>? Answer { get; set; }

        protected override object? Invoke(MethodInfo? method, object?[]? arguments) => Answer!(method!, arguments!);
    }
}
