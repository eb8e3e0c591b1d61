using System.Diagnostics.Tracing;
using System.Globalization;
using System.Text;
using Microsoft.IdentityModel.Logging;

namespace Gatehouse.Gateway.Tests.Support;

/// <summary>All that IdentityModel tells whoever listens to its event source.</summary>
internal sealed class IdentityModelLog : EventListener
{
    private readonly StringBuilder _text = new();

    public IdentityModelLog()
    {
        IdentityModelEventSource.Logger.LogLevel = EventLevel.Verbose;
        EnableEvents(IdentityModelEventSource.Logger, EventLevel.Verbose);
    }

    public string Text
    {
        get
        {
            lock (this) return $"{_text}";
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs what)
    {
        lock (this)
        {
            foreach (var part in what.Payload ?? new([])) _text?.Append(CultureInfo.InvariantCulture, $"{part}\n");
        }
    }
}
