using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Grains.Users;

/// <content>What the user shows of itself.</content>
public sealed partial class UserGrain
{
    private const int MaxIconLength = 2048;
    private const int MaxBioLength = 2000;
    private const int MaxStatusTextLength = 128;

    public Task<UserDetails?> GetDetails() => profiles.Find(Id);

    public async Task<bool> Edit(ProfileEdit edit)
    {
        var isAcceptable = (edit.Icon is null or "" || IsIcon(edit.Icon))
            && IsText(edit.Bio, MaxBioLength)
            && IsText(edit.StatusText, MaxStatusTextLength)
            && (edit.Status is null || (Enum.IsDefined(edit.Status.Value) && edit.Status != UserStatus.Offline));
        return isAcceptable && await profiles.Update(Id, edit);
    }

    /// <summary>Others' browsers will fetch it: nothing but the web, so no script and no local file.</summary>
    private static bool IsIcon(string icon) => IsText(icon, MaxIconLength)
        && Uri.TryCreate(icon, UriKind.RelativeOrAbsolute, out var address)
        && (address.IsAbsoluteUri && !icon.StartsWith('/')
            ? address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp
            : icon.StartsWith('/') && !icon.StartsWith("//", StringComparison.Ordinal));

    /// <summary>PostgreSQL's text cannot hold U+0000.</summary>
    private static bool IsText(string? text, int maxLength) => text is null
        || (text.Length <= maxLength && !text.Contains('\0'));
}
