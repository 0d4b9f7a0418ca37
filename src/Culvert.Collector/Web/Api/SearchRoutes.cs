using Culvert.Collector.Search;

namespace Culvert.Collector.Web.Api;

/// <summary>All paths that ask a search engine.</summary>
internal sealed class SearchRoutes(ISearchEngine engine, HttpHost host, TimeProvider time)
{
    public void Map()
    {
        new SearchApi(engine, time).Map(host.Routes);
        new FigureApi(engine, time).Map(host.Routes);
        new ExportApi(engine, time).Map(host.Routes);
        new TailApi(engine, host, time).Map(host.Routes);
    }
}
