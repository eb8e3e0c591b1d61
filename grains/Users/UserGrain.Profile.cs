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
        var isAcceptable = _user is not null
            && (edit.Icon is null or "" || IsIcon(edit.Icon))
            && IsText(edit.Bio, MaxBioLength)
            && IsText(edit.StatusText, MaxStatusTextLength)
            && (edit.Status is null || (Enum.IsDefined(edit.Status.Value) && edit.Status != UserStatus.Offline));
        if (isAcceptable) await profiles.Update(Id, edit);
        return isAcceptable;
    }

    /// <summary>Others' browsers will fetch it: nothing but the web, so no script and no local file.</summary>
    private static bool IsIcon(string icon) => IsText(icon, MaxIconLength)
        && Uri.TryCreate(icon, UriKind.RelativeOrAbsolute, out var address)
        && (address.IsAbsoluteUri && !icon.StartsWith('/')
            ? address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp
            : icon.StartsWith('/') && !icon.StartsWith("//", StringComparison.Ordinal));

    private static bool HasLoneSurrogate(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index])) continue;
            if (index + 1 >= text.Length || !char.IsSurrogatePair(text[index], text[index + 1])) return true;
            index++;
        }
        return false;
    }

    /// <summary>PostgreSQL's text cannot hold U+0000, nor UTF-8 a lone surrogate.</summary>
    private static bool IsText(string? text, int maxLength) => text is null
        || (text.Length <= maxLength && !text.Contains('\0') && !HasLoneSurrogate(text));
}
