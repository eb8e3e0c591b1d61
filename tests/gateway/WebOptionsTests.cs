using System.ComponentModel.DataAnnotations;
using Gatehouse.Gateway.Transports.Http;

namespace Gatehouse.Gateway.Tests;

public class WebOptionsTests
{
    [Theory]
    [InlineData("*")]
    [InlineData("app.example.org")]
    [InlineData("https://user@app.example.org")]
    [InlineData("https://app.example.org:port")]
    [InlineData("https://app.example.org/path")]
    public void AnOriginThatIsNoneIsRefused(string origin) => Refuses(new() { AllowedOrigins = [origin] }, nameof(WebOptions.AllowedOrigins));

    [Theory]
    [InlineData("gatehouse")]
    [InlineData("/gatehouse/")]
    public void APathBaseThatIsNoneIsRefused(string path) => Refuses(new() { PathBase = path }, nameof(WebOptions.PathBase));

    [Theory]
    [InlineData("everybody")]
    [InlineData("10.0.0.0/33")]
    [InlineData("-1")]
    [InlineData("1,2")]
    public void ProxiesThatAreNoneAreRefused(string proxies) => Refuses(new() { TrustedProxies = proxies }, nameof(WebOptions.TrustedProxies));

    [Fact]
    public void WhatIsMeantIsTaken() =>
        Assert.Empty(WrongIn(new() { AllowedOrigins = ["https://app.example.org", "null"], PathBase = "/gatehouse", TrustedProxies = "2,10.0.0.0/8" }));

    private static void Refuses(WebOptions options, string property) => Assert.Equal([property], WrongIn(options));

    private static IEnumerable<string> WrongIn(WebOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results.SelectMany(result => result.MemberNames);
    }
}
