namespace EdgeConv.Benchmarks.Gate;

/// <summary>Where the data of the sections are.</summary>
/// <param name="Series">Folder with <c>nab/</c>.</param>
/// <param name="Restored">Folder with <c>fashion/</c> and <c>digits/</c>, as <c>deploy/demo/restore-data.sh</c> fills it.</param>
/// <param name="Models"><c>deploy/models</c>.</param>
/// <param name="Networks">Folder with networks that were exported or trained for benchmarks alone.</param>
internal sealed record GateData(string Series, string Restored, string Models, string Networks);
