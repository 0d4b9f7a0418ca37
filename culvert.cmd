@echo off
rem Runs the command-line tool from source. The build itself finds out whether anything changed.
setlocal
set "root=%~dp0"
set "tool=%root%artifacts\bin\Culvert.Cli\release\Culvert.Cli.dll"
dotnet build "%root%src\Culvert.Cli" -c Release -v quiet -nologo >"%TEMP%\culvert-build.log" 2>&1
if errorlevel 1 (
    type "%TEMP%\culvert-build.log" 1>&2
    echo culvert: the build failed; the text above says why 1>&2
    exit /b 1
)
dotnet "%tool%" %*
exit /b %errorlevel%
