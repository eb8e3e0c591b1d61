namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>
/// One chat room: who is in it, what they may do, and the one order of its messages. One grain in five roles. Gateways get
/// each message once and hand it to their own members. Key: see <see cref="GrainKeys.Room"/>. Described in docs/PROTOCOLS.md, "chat".
/// </summary>
/// <remarks>
/// A message has its number and is in table <c>room_messages</c> before anybody hears of it, unless the room is ephemeral. Who
/// is in the room is in memory only: gateways tell it anew, see <see cref="IRoomPresence"/>. Calls <see cref="Gateways.IGatewayGrain"/>.
/// Storage failures are thrown.
/// </remarks>
[Alias("Gatehouse.IRoomGrain")]
public interface IRoomGrain : IRoomMembership, IRoomMessages, IRoomModeration, IRoomPresence, IRoomOperation;
