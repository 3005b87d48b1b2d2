using System.Text;

namespace EdgeConv.Mqtt.Inlets;

/// <summary>The grammar of topic filters, MQTT 5 section 4.7.</summary>
internal static class TopicFilter
{
    private const int MostBytes = ushort.MaxValue;

    /// <summary>Whether <paramref name="text"/> may be subscribed to.</summary>
    public static bool IsValid(string text)
    {
        if (text.Length == 0 || text.Contains('\0') || Encoding.UTF8.GetByteCount(text) > MostBytes)
            return false;
        string[] levels = text.Split('/');
        for (int i = 0; i < levels.Length; i++)
        {
            bool isWhole = levels[i] is "+" || (levels[i] is "#" && i == levels.Length - 1);
            if (!isWhole && levels[i].AsSpan().ContainsAny('+', '#'))
                return false;
        }

        return true;
    }

    /// <summary>Whether it names more than one topic.</summary>
    public static bool HasWildcard(string filter) => filter.AsSpan().ContainsAny('+', '#');

    /// <summary>
    /// A subscription identifier (1 to 268,435,455) of a filter, the same at every start: FNV-1a, folded to 28 bits.
    /// </summary>
    public static uint IdOf(string filter)
    {
        uint hash = 2166136261;
        foreach (byte one in Encoding.UTF8.GetBytes(filter))
            hash = (hash ^ one) * 16777619;
        uint folded = (hash ^ (hash >> 28)) & 0x0FFF_FFFF;
        return folded == 0 ? 1 : folded;
    }
}
