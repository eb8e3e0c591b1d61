namespace Gatehouse.Gateway.Delivery.Sessions;

/// <summary>A connection that wants to know when its session has news.</summary>
public interface ISessionListener
{
    /// <summary>Fetches and delivers the news; throws when that fails.</summary>
    Task Revalidate();
}
