using System.Reflection;

namespace Orleans.Engine;

/// <summary>An assembly in which the engine looks for grain classes.</summary>
internal sealed record GrainAssembly(Assembly Assembly);
