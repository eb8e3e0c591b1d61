namespace Gatehouse.Gateway.Console;

/// <summary>Marks what is asked of the console, see <see cref="ConsoleGate"/>.</summary>
/// <param name="EvenStrangers">Whether it is for those who are not logged in there, too.</param>
/// <param name="ByAddress">Whether a browser asks for it by itself, as for a page: without the console's header. For what changes nothing.</param>
public sealed record OperatorsOnly(bool EvenStrangers = false, bool ByAddress = false);
