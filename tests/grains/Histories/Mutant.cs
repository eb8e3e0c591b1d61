namespace Gatehouse.Grains.Tests.Histories;

/// <summary>Something that is done wrong on purpose, in the database, so that the program under test is the one that is shipped.</summary>
internal sealed class Mutant : IAsyncDisposable
{
    private readonly House _house;
    private readonly string _table;

    private Mutant(House house, string table) => (_house, _table) = (house, table);

    /// <param name="house">Where.</param>
    /// <param name="when">Such as <c>DELETE ON client_queue</c>.</param>
    /// <param name="body">What is done before each row is changed, and with which row; a row that is NULL is left as it is.</param>
    public static async Task<Mutant> Put(House house, string when, string body)
    {
        await house.Database.Execute($"""
            CREATE OR REPLACE FUNCTION mutant() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$;
            CREATE TRIGGER mutant BEFORE {when} FOR EACH ROW EXECUTE FUNCTION mutant()
            """);
        return new Mutant(house, when.Split(' ')[^1]);
    }

    public async ValueTask DisposeAsync() => await _house.Database.Execute($"DROP TRIGGER mutant ON {_table}");
}
