using Microsoft.Extensions.Options;

namespace Orleans.Hosting;

internal sealed class EmbeddedGrainOptionsValidator : IValidateOptions<EmbeddedGrainOptions>
{
    public ValidateOptionsResult Validate(string? name, EmbeddedGrainOptions options)
    {
        var wrong = new List<string>();
        Time(nameof(options.ResponseTimeout), options.ResponseTimeout);
        Time(nameof(options.CollectionAge), options.CollectionAge);
        Time(nameof(options.CollectionQuantum), options.CollectionQuantum);
        Time(nameof(options.DeactivationTimeout), options.DeactivationTimeout);
        Count(nameof(options.MaxQueuedCallsPerActivation), options.MaxQueuedCallsPerActivation);
        Count(nameof(options.MaxQueuedCallsPerObserver), options.MaxQueuedCallsPerObserver);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);

        void Time(string key, TimeSpan value)
        {
            var fits = value > TimeSpan.Zero && value <= TimeSpan.FromDays(24);
            if (!fits) Wrong(key, value, "more than 0 and at most 24 days");
        }

        void Count(string key, int value)
        {
            if (value < 1) Wrong(key, value, "at least 1");
        }

        void Wrong(string key, object value, string allowed) =>
            wrong.Add($"{nameof(EmbeddedGrainOptions)}.{key} is {value}; it must be {allowed}.");
    }
}
