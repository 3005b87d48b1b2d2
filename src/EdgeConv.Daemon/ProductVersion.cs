namespace EdgeConv.Daemon;

/// <summary>What this program calls itself.</summary>
internal static class ProductVersion
{
    /// <summary><c>0.1.0</c>.</summary>
    public static string Number { get; } = typeof(ProductVersion).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary><c>edgeconv 0.1.0</c>.</summary>
    public static string Text { get; } = $"edgeconv {Number}";
}
