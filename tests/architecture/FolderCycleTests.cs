using Gatehouse.Architecture.Tests.Support;
using Gatehouse.Gateway;
using Gatehouse.GrainInterfaces;
using Gatehouse.Grains;
using SocketIo;

namespace Gatehouse.Architecture.Tests;

/// <summary>No two folders know each other, inside a project either: not directly, and not by way of others.</summary>
public sealed class FolderCycleTests
{
    /// <summary>A type in the first folder of each project.</summary>
    public static TheoryData<Type> Projects => [typeof(GrainKeys), typeof(GrainServices), typeof(GatewayHosting)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void FoldersOfAProjectFormNoCircle(Type member)
    {
        var uses = FolderGraph.Of(member);
        // Otherwise there would be none for the wrong reason.
        Assert.NotEmpty(uses);
        Assert.Empty(FolderGraph.Circles(uses));
    }

    [Fact]
    public void FoldersOfTheSocketIoLibraryFormNoCircle()
    {
        var uses = FolderGraph.OfSources(typeof(SocketIoServer), "socket-io/");
        Assert.Contains(uses, use => use is { From: "socket-io", To: "socket-io/EngineIo" });
        Assert.Empty(FolderGraph.Circles(uses));
    }

    [Fact]
    public void FoldersThatKnowEachOtherAreFound()
    {
        Use[] circle = [new("a", "b", ""), new("b", "c", ""), new("c", "a", "")];
        Assert.Equal(circle, FolderGraph.Circles([new("x", "a", ""), .. circle, new("c", "y", "")]));
        Assert.Empty(FolderGraph.Circles([new("a", "b", ""), new("b", "c", ""), new("a", "c", "")]));
    }
}
