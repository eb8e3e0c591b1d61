using Gatehouse.Gateway.Protocols.Clients;

namespace Gatehouse.Gateway.Tests;

public sealed class ClientsServerEventsTests
{
    [Theory]
    [InlineData(AnswerEvent.Known, "instance.to.client")]
    [InlineData(AnswerEvent.Document, "instace.to.client")]
    [InlineData(AnswerEvent.Both, "instance.to.client", "instace.to.client")]
    public void ClientGetsEachAnswerUnderTheNamesOfTheSetting(AnswerEvent setting, params string[] names) =>
        Assert.Equal(names, ClientsServerEvents.NamesToClient(setting));
}
