using System.Text.Json;
using Gatehouse.Gateway.Connections;

namespace Gatehouse.Gateway.Transports.SocketIo;

/// <summary>
/// Several protocols in one namespace: the first event that any of them knows decides which is spoken on the connection. Until
/// then an unknown event is answered by the first of them.
/// </summary>
public sealed class FirstEventProtocol(IReadOnlyList<SpokenProtocol> protocols, IConnection connection) : IResumableProtocol, ITokenProtocol
{
    private IResumableProtocol? _spoken;

    /// <summary>The first of the protocols, for as long as none is chosen.</summary>
    private IResumableProtocol? _fallback;

    public bool IsBusy => (_spoken ?? _fallback) is { IsBusy: true };

    public Task Receive(string name, JsonElement payload, Action<object?>? answered = null) =>
        SpokenBy(name).Receive(name, payload, answered);

    public Task RefuseBinary(string name, JsonElement payload) => SpokenBy(name).RefuseBinary(name, payload);

    public async Task Closed()
    {
        if ((_spoken ?? _fallback) is { } listening) await listening.Closed();
    }

    public Task<Resumption> Resume(string? offset) => (_spoken ?? Fallback).Resume(offset);

    public Task Resumed() => (_spoken ?? Fallback).Resumed();

    /// <summary>A token speaks for the first of the protocols, if that is one that takes it.</summary>
    public async Task LogIn(JsonElement token, bool mayResume)
    {
        if (Fallback is not ITokenProtocol first) return;
        Choose(protocols[0]);
        await first.LogIn(token, mayResume);
    }

    /// <summary>Speaks what the client has spoken before.</summary>
    public void Choose(string protocol) => Choose(protocols.First(known => known.Name == protocol));

    private IResumableProtocol SpokenBy(string name)
    {
        if (_spoken is null && protocols.FirstOrDefault(protocol => protocol.EventNames.Contains(name)) is { } known) Choose(known);
        return _spoken ?? Fallback;
    }

    private IResumableProtocol Fallback => _fallback ??= protocols[0].Create(connection);

    private void Choose(SpokenProtocol protocol) =>
        _spoken = _fallback is not null && protocol == protocols[0] ? _fallback : protocol.Create(connection);
}
