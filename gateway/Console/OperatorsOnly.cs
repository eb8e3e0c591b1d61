namespace Gatehouse.Gateway.Console;

/// <summary>Marks what is asked of the console, see <see cref="ConsoleGate"/>.</summary>
/// <param name="EvenStrangers">Whether it is for those who are not logged in there, too.</param>
public sealed record OperatorsOnly(bool EvenStrangers = false);
