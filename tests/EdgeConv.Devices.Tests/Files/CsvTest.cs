using System.Globalization;
using System.Text;
using CsCheck;
using EdgeConv.Devices.Files;
using EdgeConv.Devices.Tests.Support;
using EdgeConv.Testing;

namespace EdgeConv.Devices.Tests.Files;

public sealed class CsvTest
{
    [Fact]
    public void Written_numbers_are_read_back() =>
        Gen.Select(Gen.Float.Where(float.IsFinite).Array[1, 6].Array[1, 20], Gen.Bool, Gen.Bool,
            Gen.Int[0, 2]).Holds(
            c =>
            {
                (float[][] rows, bool hasHeader, bool hasLastEnd, int style) = c;
                int width = rows.Min(row => row.Length);
                rows = [.. rows.Select(row => row[..width])];
                string end = style == 0 ? "\n" : "\r\n";
                IEnumerable<string> lines = rows.Select(row => string.Join(style == 2 ? " , " : ",",
                    row.Select(value => style == 1
                        ? $"\"{value.ToString("R", CultureInfo.InvariantCulture)}\""
                        : value.ToString("R", CultureInfo.InvariantCulture))));
                if (hasHeader)
                    lines = lines.Prepend(string.Join(',', Enumerable.Range(0, width).Select(i => $"c{i}")));
                string text = string.Join(end, lines) + (hasLastEnd ? end : "");
                Assert.Equal(rows, Rows(text));
            },
            300);

    [Theory]
    [InlineData("a,b\n1,2", "1 2")]
    [InlineData("1,2\n3,4", "1 2|3 4")]
    [InlineData("nan,2\n3,4", "!|3 4")]
    [InlineData("timestamp,value\n2014-02-14 14:27:00,51.8", "51.8")]
    [InlineData("Time,x,DATE\n0,7,8", "7")]
    [InlineData("2014-02-14 14:27:00,51.8\n2014-02-14 14:32:00,52", "51.8|52")]
    [InlineData("1,2,\n3,4,", "!|!")]
    [InlineData("a,b,\n3,4,", "3 4")]
    [InlineData(",x\n0,5\n1,6", "5|6")]
    [InlineData("\"a,b\",\"c\"\"d\"\n1,2", "1 2")]
    [InlineData("# made by hand\n\n  \n1\n #2\n3", "1|3")]
    [InlineData("1e3,-.5,+7", "1000 -0.5 7")]
    public void The_first_line_names_the_columns_when_it_holds_a_word(string text, string expected)
    {
        Assert.Equal(expected, string.Join('|', RowsOrErrors(text)));
    }

    [Fact]
    public void A_file_of_timestamps_alone_is_refused() =>
        Assert.Throws<DataError>(() => Rows("time\n7"));

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_name()
    {
        byte[] text = [.. Encoding.UTF8.GetPreamble(), .. "x,y\n1,2\n"u8];
        Assert.Equal([[1f]], Rows(text, "x"));
    }

    [Theory]
    [InlineData("B,0", "2 1")]
    [InlineData("1,1", "2 2")]
    [InlineData("t", "3")]
    public void Columns_are_taken_by_name_or_number(string columns, string expected) =>
        Assert.Equal(expected, string.Join(' ', Rows("a,b,t\n1,2,3", columns.Split(','))[0]));

    [Fact]
    public void A_quoted_name_may_hold_commas_and_quotes() =>
        Assert.Equal([[2f]], Rows("\"a,b\",\"c\"\",d\"\n1,2", "c\",d"));

    [Fact]
    public void A_name_wins_over_a_number() => Assert.Equal([[2f]], Rows("a,0\n1,2", "0"));

    [Theory]
    [InlineData("a,b\n1,2", "c", "pump.csv: has no column 'c'; it has a, b")]
    [InlineData("1,2\n", "c", "pump.csv: has no column 'c'; its columns are 0..1, without names")]
    [InlineData("1,2\n", "2", "pump.csv: has no column '2'; its columns are 0..1, without names")]
    [InlineData("a,b\n1,2", "-1", "pump.csv: has no column '-1'; it has a, b")]
    public void A_column_that_is_not_there_is_named_beside_those_that_are(
        string text, string column, string message) =>
        Assert.Equal(message, Assert.Throws<DataError>(() => Rows(text, column)).Message);

    [Theory]
    [InlineData("a,b\n1,2\n3", "pump.csv:3: column 1: is missing; the line has 1 columns")]
    [InlineData("a,b\n1,2\n3,", "pump.csv:3: column 1: is empty; a number is needed")]
    [InlineData("a,b\n\n1,2\n#\n3,x", "pump.csv:5: column 1: 'x' is no finite number")]
    [InlineData("1,NaN", "pump.csv:1: column 1: 'NaN' is no finite number")]
    [InlineData("1,-Infinity", "pump.csv:1: column 1: '-Infinity' is no finite number")]
    [InlineData("1,1e99", "pump.csv:1: column 1: '1e99' is no finite number")]
    [InlineData("1,0x10", "pump.csv:1: column 1: '0x10' is no finite number")]
    [InlineData("a,b\n1,2;5", "pump.csv:2: column 1: '2;5' is no finite number")]
    public void A_bad_field_is_reported_with_file_line_and_column(string text, string message)
    {
        using CsvReader reader = Open(Encoding.UTF8.GetBytes(text), text == "1,0x10" ? ["0", "1"] : []);
        float[] values = new float[reader.Channels];
        DataError error = Assert.Throws<DataError>(() =>
        {
            while (reader.TryRead(values))
            {
            }
        });
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\r\n# nothing\n")]
    public void A_file_without_a_line_is_empty(string text) =>
        Assert.Equal("pump.csv: is empty", Assert.Throws<DataError>(() => Rows(text)).Message);

    [Fact]
    public void A_line_that_is_too_long_is_passed_over()
    {
        string text = "1\n" + new string('7', 3_000_000) + "\n2\n";
        Assert.Equal(["1", "!", "2"], RowsOrErrors(text));
    }

    [Fact]
    public void A_message_holds_only_the_beginning_of_a_long_field()
    {
        string text = new string('n', 500_000) + ",b\n1,2";
        Assert.True(Assert.Throws<DataError>(() => Rows(text, "c")).Message.Length < 200);
    }

    [Fact]
    public void Invalid_utf8_is_a_data_error() =>
        Assert.Equal(["1", "!", "2"], RowsOrErrors([(byte)'1', 10, 0xFF, 0xC0, 10, (byte)'2']));

    [Fact(SkipUnless = nameof(SharedData.IsPresent), SkipType = typeof(SharedData), Skip = SharedData.Absent)]
    public void The_NAB_series_are_read_whole()
    {
        foreach (string path in Directory.EnumerateFiles(SharedData.PathOf("nab"), "*.csv"))
        {
            string[] lines = File.ReadAllLines(path);
            float[][] rows = Rows(File.ReadAllBytes(path));
            Assert.Equal(lines.Length - 1, rows.Length);
            Assert.Equal(lines.Skip(1).Select(line =>
                float.Parse(line.Split(',')[1], CultureInfo.InvariantCulture)),
                rows.Select(row => Assert.Single(row)));
        }
    }

    private static CsvReader Open(byte[] text, string[] columns) =>
        new("pump.csv", new MemoryStream(text), columns);

    private static float[][] Rows(string text, params string[] columns) =>
        Rows(Encoding.UTF8.GetBytes(text), columns);

    private static float[][] Rows(byte[] text, params string[] columns)
    {
        using CsvReader reader = Open(text, columns);
        List<float[]> rows = [];
        float[] values = new float[reader.Channels];
        while (reader.TryRead(values))
            rows.Add([.. values]);
        return [.. rows];
    }

    private static List<string> RowsOrErrors(string text) => RowsOrErrors(Encoding.UTF8.GetBytes(text));

    private static List<string> RowsOrErrors(byte[] text)
    {
        using CsvReader reader = Open(text, []);
        List<string> rows = [];
        float[] values = new float[reader.Channels];
        while (true)
        {
            try
            {
                if (!reader.TryRead(values))
                    return rows;
                rows.Add(string.Join(
                    ' ', values.Select(value => value.ToString(CultureInfo.InvariantCulture))));
            }
            catch (DataError)
            {
                rows.Add("!");
            }
        }
    }
}
