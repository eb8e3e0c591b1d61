using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Sessions;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Tokens;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Gateway.Protocols.Users;

/// <summary>The users API on one connection, see docs/PROTOCOLS.md, "users". Each action is answered once, in order.</summary>
public sealed class UsersProtocol : EventProtocol<UsersProtocol>, INamesEvents
{
    /// <summary>The actions; what answers them is in <see cref="UsersServerEvents"/>.</summary>
    public static readonly EventTable<UsersProtocol> Actions = new()
    {
        { "ping", (protocol, _) => protocol.Ping(), InternalError("ping") },
        { "new", (protocol, data) => protocol.New(data), InternalError("new"), Limit.Registrations },
        { "login", (protocol, data) => protocol.LogIn(data), InternalError("login"), Limit.Passwords },
        { "logout", (protocol, data) => protocol.LogOut(data), InternalError("logout") },
        { "me", (protocol, _) => protocol.Me(), InternalError("me") },
        { "details", (protocol, data) => protocol.Details(data), InternalError("details") },
        { "edit", (protocol, data) => protocol.Edit(data), InternalError("edit") },
        // Extensions: a person's own logins.
        { "sessions", (protocol, _) => protocol.Sessions(), InternalError("sessions") },
        { "end_session", (protocol, data) => protocol.EndSession(data), InternalError("end_session") },
        { "change_password", (protocol, data) => protocol.ChangePassword(data), InternalError("change_password"), Limit.Passwords },
        // Administrators.
        { "get_users", (protocol, data) => protocol.GetUsers(data), InternalError("get_users") },
        { "delete_user", (protocol, data) => protocol.DeleteUser(data), InternalError("delete_user") },
    };

    private const string InvalidData = "Invalid data.";
    private const string TryAgain = "Try again later.";
    private const string TooMany = "Too many attempts. " + TryAgain;
    private const string NotLoggedIn = "Not logged in.";

    public static IEnumerable<string> EventNames => Actions;

    private readonly UsersDoor _door;
    private readonly IGrainFactory _grains;
    private readonly TokenSigner _tokens;
    private readonly SessionLink _link;
    private Guid? _userId;
    private string _tokenId = "";

    public UsersProtocol(
        IConnection connection,
        IGrainFactory grains,
        SessionLinks links,
        TokenSigner tokens,
        ILogger<UsersProtocol> logger,
        UsersDoor door = UsersDoor.Both) : base("users", connection, logger)
    {
        (_door, _grains, _tokens) = (door, grains, tokens);
        _link = links.Create(connection, "users", SessionChanged);
    }

    protected override ClientEvent<UsersProtocol>? Find(string name, JsonElement payload) =>
        Actions.Find(name) is { } found && IsAtThisDoor(found.Name) ? found : null;

    protected override IReadOnlyList<ServerEvent>? Refuse(ClientEvent<UsersProtocol>? found, string name, JsonElement payload) =>
        found is not null ? null : [UsersServerEvents.Answer(
            EventName.Echo(name), UsersReply.Failed(name.Length == 0 ? InvalidData : "Invalid action."))];

    protected override IReadOnlyList<ServerEvent> Withhold(ClientEvent<UsersProtocol> withheld, string name, int retryAfter) => [UsersServerEvents.Answer(
            EventName.Echo(name), UsersReply.Failed(name == "new" ? TryAgain : TooMany, new { retry_after = retryAfter }))];

    protected override Task EnsureValid(ClientEvent<UsersProtocol> wanted) =>
        wanted.Name == "ping" ? Task.CompletedTask : _link.EnsureValid();

    protected override Task Detach() => _link.Detach();

    private bool IsAtThisDoor(string action) => action switch
    {
        "ping" or "login" or "logout" or "me" => true,
        "get_users" or "delete_user" => _door.HasFlag(UsersDoor.Admin),
        _ => _door.HasFlag(UsersDoor.Users),
    };

    private Task Ping() => Send(UsersServerEvents.Pong);

    private async Task New(JsonElement data)
    {
        var registration = new Registration(
            data.Text("username") ?? "", data.Text("email") ?? "", new Secret(data.Text("password") ?? ""));
        var user = _grains.User(Guid.CreateVersion7());
        var refusal = await user.Create(registration, Gone);
        await Answer("new", refusal switch
        {
            Refusal.None => new UsersReply(UserView.Private((await user.GetDetails())!)),
            Refusal.UsernameTaken => UsersReply.Failed("user_exists"),
            Refusal.EmailTaken => UsersReply.Failed("email_exists"),
            Refusal.Username => UsersReply.Failed("invalid_username"),
            Refusal.Email => UsersReply.Failed("invalid_email"),
            Refusal.Password or Refusal.PasswordTooSimple => await RefusedPassword(refusal),
            _ => UsersReply.Failed(TryAgain),
        });
    }

    private async Task<UsersReply> RefusedPassword(Refusal refusal)
    {
        var rules = await _grains.UserDirectory().GetPasswordRules();
        return refusal == Refusal.Password
            ? UsersReply.Failed("password_length_invalid", new { min_len = rules.MinLength, max_len = rules.MaxLength })
            : UsersReply.Failed(
                "password_complexity_invalid", new { condition = "unique_characters", minimum_value = rules.MinUniqueCharacters });
    }

    private async Task LogIn(JsonElement data)
    {
        if (ReadLogin(data) is not { } logIn)
        {
            await Answer("login", UsersReply.Failed(InvalidData));
            return;
        }
        // One login at a time: a second one takes the place of the first, whose token stays good.
        if (_userId is not null) await _link.Continue(RandomId.New(), LoginState.Undefined, 0, [], () => Task.CompletedTask);
        _userId = null;
        var reply = await _link.Silently(logIn);
        if (reply is { Events: [{ UserId: { } userId, Token: { } token }] })
        {
            (_userId, _tokenId) = (userId, token.Id);
            await Answer("login", new UsersReply(new { token = _tokens.Sign(token) }));
        }
        else
        {
            await Answer("login", UsersReply.Failed(reply.Refusal switch
            {
                Refusal.Username or Refusal.Password => "Invalid username or password.",
                Refusal.Token => "Invalid token.",
                _ => TooMany,
            }));
        }
    }

    /// <summary>What logs in by what the client shows; null when that is not acceptable.</summary>
    private Func<Task<SessionReply>>? ReadLogin(JsonElement data)
    {
        var (username, email, password) = (data.Text("username"), data.Text("email"), data.Text("password"));
        if (username is null != email is null && password is not null)
        {
            var credentials = new Credentials((username ?? email)!, new Secret(password), IsEmail: username is null);
            return () => _link.Session.LogInWithCredentials(_link.Caller, credentials, Gone);
        }
        // An extension: whoever comes back need not type the password again, and it is not hashed again.
        if (password is not null || data.Text("token") is not { } shown) return null;
        return _tokens.Verify(shown) is { } token
            ? () => _link.Session.LogInWithToken(_link.Caller, token.UserId, token.TokenId)
            : () => Task.FromResult(SessionReply.Refused(Refusal.Token));
    }

    private async Task LogOut(JsonElement data)
    {
        if (await Self("logout") is not { } self) return;
        var revoked = _tokens.Verify(data.Text("token")) is { } token && token.UserId == _userId && await self.Revoke(token.TokenId);
        // If that was this connection's own login, its next request must know already.
        if (revoked) await _link.Revalidate();
        await Answer("logout", revoked ? UsersReply.Success : UsersReply.Failed("Token does not exist."));
    }

    private async Task Me()
    {
        if (await Self("me") is not { } self) return;
        await Answer("me", await Oneself(self));
    }

    private async Task Details(JsonElement data)
    {
        // The directory tells, because whoever asks may name users that do not exist: a grain each is not to be had for that.
        var directory = _grains.UserDirectory();
        var userId = Id(data, "user_id") ?? (data.Text("username") is { } name ? await directory.FindByName(name) : null);
        await Answer("details", userId is not null && await directory.GetDetails(userId.Value) is { } details
            ? new UsersReply(UserView.Public(details))
            : UsersReply.Failed("User does not exist."));
    }

    private async Task Edit(JsonElement data)
    {
        if (await Self("edit") is not { } self) return;
        if (ReadEdit(data) is not { } edit || !await self.Edit(edit)) await Answer("edit", UsersReply.Failed(InvalidData));
        else await Answer("edit", await Oneself(self));
    }

    private static async Task<UsersReply> Oneself(IUserGrain self) => await self.GetDetails() is { } details
        ? new UsersReply(UserView.Private(details))
        : UsersReply.Failed(NotLoggedIn);

    private async Task Sessions()
    {
        if (await Self("sessions") is not { } self) return;
        var current = await self.FindLoginOf(_link.SessionId);
        var logins = await self.GetLogins();
        await Answer("sessions", new UsersReply(logins.Select(login => new
        {
            id = login.Id,
            protocol = login.Protocol,
            created_at = login.CreatedAt.UtcDateTime,
            last_used_at = login.LastUsedAt.UtcDateTime,
            is_online = login.IsOnline,
            is_current = login.Id == current,
        })));
    }

    private async Task EndSession(JsonElement data)
    {
        if (await Self("end_session") is not { } self) return;
        bool ended;
        if (data.ValueKind == JsonValueKind.Object && data.TryGetProperty("others", out var others) && others.ValueKind == JsonValueKind.True)
        {
            await self.EndOtherLogins(_tokenId);
            ended = true;
        }
        else
        {
            ended = data.Text("id") is { Length: > 0 and <= 64 } id && await self.EndLogin(id);
            if (ended) await _link.Revalidate();
        }
        await Answer("end_session", ended ? UsersReply.Success : UsersReply.Failed("Session does not exist."));
    }

    private async Task ChangePassword(JsonElement data)
    {
        if (await Self("change_password") is not { } self) return;
        if (data.Text("password") is not { } present || data.Text("new_password") is not { } wanted)
        {
            await Answer("change_password", UsersReply.Failed(InvalidData));
            return;
        }
        await Answer("change_password", await self.ChangePassword(new Secret(present), new Secret(wanted), _tokenId, Gone) switch
        {
            PasswordChange.Changed => UsersReply.Success,
            PasswordChange.Wrong => UsersReply.Failed("Invalid password."),
            PasswordChange.TooShortOrLong => await RefusedPassword(Refusal.Password),
            PasswordChange.TooSimple => await RefusedPassword(Refusal.PasswordTooSimple),
            _ => UsersReply.Failed(TooMany),
        });
    }

    private async Task GetUsers(JsonElement data)
    {
        if (!await IsAdmin("get_users")) return;
        var (page, size) = (Page(data, "page", 1), Page(data, "page_size", 50));
        if (page is null or < 1 or > int.MaxValue || size is null or < 1 or > 1000)
        {
            await Answer("get_users", UsersReply.Failed("Invalid page."));
            return;
        }
        var users = await _grains.UserDirectory().List((int)page, (int)size);
        await Send(UsersServerEvents.Users(users));
    }

    private async Task DeleteUser(JsonElement data)
    {
        if (!await IsAdmin("delete_user")) return;
        var deleted = Id(data, "id") is { } id && await _grains.User(id).Delete();
        await Answer("delete_user", deleted ? UsersReply.Success : UsersReply.Failed("User does not exist."));
    }

    /// <summary>The user of this connection; answers the action itself when there is none.</summary>
    private async Task<IUserGrain?> Self(string action)
    {
        if (_userId is { } userId)
        {
            // Asked anew each time: a login that ended elsewhere is over at once, however late the wake-up comes.
            var self = _grains.User(userId);
            if (await self.IsSignedIn(_link.SessionId)) return self;
            await _link.Revalidate();
            _userId = null;
        }
        await Answer(action, UsersReply.Failed(NotLoggedIn));
        return null;
    }

    private async Task<bool> IsAdmin(string action)
    {
        if (await Self(action) is not { } self) return false;
        // Asked anew each time too: a permission that was taken away is gone at once.
        var details = await self.GetDetails();
        if (details?.Permissions.Contains(Permission.Admin) == true) return true;
        await Answer(action, UsersReply.Failed(details is null ? NotLoggedIn : "Permission denied."));
        return false;
    }

    /// <summary>This protocol has no event for a logout elsewhere; the next action finds out.</summary>
    private Task SessionChanged(IReadOnlyList<SessionEvent> events)
    {
        if (events[^1].State == LoginState.Undefined) _userId = null;
        return Task.CompletedTask;
    }

    private static ProfileEdit? ReadEdit(JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object) return null;
        string? icon = null, bio = null, statusText = null;
        UserStatus? status = null;
        foreach (var field in data.EnumerateObject())
        {
            switch (field.Name)
            {
                case "icon" when field.Value.Text() is { } text:
                    icon = text;
                    break;
                case "bio" when field.Value.Text() is { } text:
                    bio = text;
                    break;
                case "status" when field.Value.ValueKind == JsonValueKind.Object:
                    if (ReadStatus(field.Value) is not { } read) return null;
                    (status, statusText) = read;
                    break;
                case "icon" or "bio" or "status":
                    return null;
            }
        }
        return new ProfileEdit(icon, bio, status, statusText);
    }

    /// <summary>A status of a type, a text or both; null when there is neither, or something else in their place.</summary>
    private static (UserStatus? Type, string? Text)? ReadStatus(JsonElement status)
    {
        var (hasType, hasText) = (status.TryGetProperty("type", out var type), status.TryGetProperty("text", out var text));
        var isAcceptable = (hasType || hasText) && (!hasType || type.Number() is >= 0 and <= 6) && (!hasText || text.Text() is not null);
        return isAcceptable ? ((UserStatus?)type.Number(), text.Text()) : null;
    }

    /// <summary>A number that may be left out; null when something else is there.</summary>
    private static long? Page(JsonElement data, string field, long otherwise) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(field, out var value) ? value.Number() : otherwise;

    private static Guid? Id(JsonElement data, string field) =>
        Guid.TryParseExact(data.Text(field), "D", out var id) ? id : null;

    private static ServerEvent InternalError(string action) => UsersServerEvents.Answer(action, UsersReply.Failed("Internal error."));

    private Task Answer(string action, UsersReply reply) => Send(UsersServerEvents.Answer(action, reply));
}
