namespace Gatehouse.Grains.Accounts;

/// <summary>Settings <c>Gatehouse:Admin</c>: the administrator that is made at start when none exists yet.</summary>
public sealed class AdministratorOptions
{
    /// <summary>The name; without it none is made.</summary>
    public string? Username { get; set; }

    /// <summary>The e-mail address.</summary>
    public string? Email { get; set; }

    /// <summary>The password. There is no default one.</summary>
    public string? Password { get; set; }
}
