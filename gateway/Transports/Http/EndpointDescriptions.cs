namespace Gatehouse.Gateway.Transports.Http;

/// <summary>What OpenAPI says of an endpoint.</summary>
public static class EndpointDescriptions
{
    private const string Json = "application/json", Form = "application/x-www-form-urlencoded", AnyType = "*/*";

    /// <summary>An endpoint that takes JSON or a form, and whose answer has always the same status.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="name">Its name.</param>
    /// <param name="summary">What it is for.</param>
    public static void Describe<TRequest, TAnswer>(this RouteHandlerBuilder endpoint, string name, string summary)
        where TRequest : notnull => endpoint
        .WithName(name).WithSummary(summary).Accepts<TRequest>(Form, Json, AnyType).Produces<TAnswer>().WithoutAnyType();

    /// <summary>An endpoint that takes JSON, and whose status tells how it went.</summary>
    /// <inheritdoc cref="Describe"/>
    public static void DescribeWithRefusals<TRequest, TAnswer>(this RouteHandlerBuilder endpoint, string name, string summary)
        where TRequest : notnull
    {
        endpoint.WithName(name).WithSummary(summary).Accepts<TRequest>(Json, AnyType).Produces<TAnswer>().WithoutAnyType();
        foreach (var refusal in (int[])[400, 401, 403, 413, 415, 429, 503]) endpoint.Produces<TAnswer>(refusal);
    }

    /// <summary>
    /// Any type is accepted, because routing would answer by itself with a status that the clients do not know; but that is not
    /// what they are told to send.
    /// </summary>
    private static RouteHandlerBuilder WithoutAnyType(this RouteHandlerBuilder endpoint) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody?.Content?.Remove(AnyType);
            return Task.CompletedTask;
        });
}
