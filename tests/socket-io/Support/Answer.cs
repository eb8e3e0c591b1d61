using System.Net.Http.Headers;

namespace SocketIo.Tests.Support;

/// <summary>An HTTP response.</summary>
internal sealed record Answer(int Status, string Text, byte[] Bytes, string? ContentType, HttpResponseHeaders Headers)
{
    public static async Task<Answer> Read(HttpResponseMessage response)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken).InTime();
        var text = System.Text.Encoding.UTF8.GetString(bytes);
        return new((int)response.StatusCode, text, bytes, response.Content.Headers.ContentType?.ToString(), response.Headers);
    }

    public void IsRefusal(int code, string message, int status = 400)
    {
        Assert.Equal(status, Status);
        Assert.Equal($$"""{"code":{{code}},"message":"{{message}}"}""", Text);
    }
}
