namespace Gatehouse.Gateway.Protocols.ReactAuth;

/// <summary>The <c>type</c> strings of react-auth.</summary>
public static class ReactAuthTypes
{
    public const string Authenticate = "fantaptik/react-auth/authenticate";
    public const string Resume = "fantaptik/react-auth/resume";
    public const string SocketResume = "fantaptik/react-auth/socket/resume";
    public const string Close = "fantaptik/react-auth/close";
}
