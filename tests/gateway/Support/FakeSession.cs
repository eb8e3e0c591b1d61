using System.Collections.Immutable;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Gateway.Tests.Support;

/// <summary>A session grain that answers what the test says, and notes what it was asked.</summary>
internal sealed class FakeSession : ISessionGrain
{
    /// <summary>The methods that were called, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The answer to every command.</summary>
    public Func<SessionReply> Reply { get; set; } = () => SessionReply.Refused(Refusal.NotAllowed);

    public Func<ResumeReply> ResumeReply { get; set; } = () => GrainInterfaces.Sessions.ResumeReply.Gone;

    public Func<long, Task<ImmutableArray<SessionEvent>>> News { get; set; } =
        _ => Task.FromResult(ImmutableArray<SessionEvent>.Empty);

    public LoginState State { get; set; }

    public Exception? Failure { get; set; }

    public Task<SessionReply> LogInWithCredentials(Caller caller, Credentials credentials, CancellationToken cancellation) =>
        Called(nameof(LogInWithCredentials), Reply);

    public Task<SessionReply> LogInWithToken(Caller caller, Guid userId, string tokenId) => Called(nameof(LogInWithToken), Reply);

    public Task<SessionReply> LogInAsGuest(Caller caller) => Called(nameof(LogInAsGuest), Reply);

    public Task<SessionReply> Register(Caller caller, Registration registration, CancellationToken cancellation) => Called(nameof(Register), Reply);

    public Task<SessionReply> Upgrade(Caller caller, Registration registration, CancellationToken cancellation) => Called(nameof(Upgrade), Reply);

    public Task<SessionReply> LogOut(Caller caller) => Called(nameof(LogOut), Reply);

    public Task<LoginState> GetState() => Called(nameof(GetState), () => State);

    public Task<ResumeReply> MakeResumable(Caller caller) => Called(
        nameof(MakeResumable),
        () => new ResumeReply(false, new Secret("a new secret"), State, 0, []));

    public Task<ResumeReply> Resume(Caller caller, Secret secret, long after) => Called($"{nameof(Resume)} {after}", ResumeReply);

    public Task<ImmutableArray<SessionEvent>> Revalidate(long after, LoginState known)
    {
        Calls.Add($"{nameof(Revalidate)} {after}");
        return News(after);
    }

    public Task<Resumable?> FindResumable(Secret secret, long after) =>
        Called($"{nameof(FindResumable)} {after}", () => ResumeReply().Recovered ? new Resumable("tag", "session") : null);

    public Task<OpenReply> Open(string protocol, string address, Credentials credentials, Secret secret, CancellationToken cancellation) => throw new InvalidOperationException("Not asked of this fake.");

    public Task<Guid?> Touch(string protocol, Secret secret) => throw new InvalidOperationException("Not asked of this fake.");

    public Task<JoinReply?> Join(Caller caller, Secret secret) => throw new InvalidOperationException("Not asked of this fake.");

    public Task<RoomEntry> EnterRoom(Caller caller, Credentials credentials, string room, CancellationToken cancellation) =>
        throw new InvalidOperationException("Not asked of this fake.");

    public Task<RoomEntry> EnterRoomByToken(Caller caller, Guid userId, string tokenId, string room) =>
        throw new InvalidOperationException("Not asked of this fake.");

    public Task<RoomEntry?> ReturnToRoom(Caller caller) => throw new InvalidOperationException("Not asked of this fake.");

    public Task LeaveRoom() => throw new InvalidOperationException("Not asked of this fake.");

    public Task Expire() => Called(nameof(Expire), () => true);

    public Task Acknowledge(long sequence) => Called($"{nameof(Acknowledge)} {sequence}", () => true);

    public Task Abandon(Secret secret) => Called(nameof(Abandon), () => true);

    public Task Detach(string connectionId) => Called($"{nameof(Detach)} {connectionId}", () => true);

    private Task<T> Called<T>(string call, Func<T> answer)
    {
        Calls.Add(call);
        return Failure is null ? Task.FromResult(answer()) : Task.FromException<T>(Failure);
    }
}
